//! `--third-parties`: the names that it takes, in words.

use super::problem::Problem;
use crate::checks::third_party::{named, resolvers};
use crate::model::text::nearest;
use crate::model::third_party;

/// The help of the option: everybody who may be named, and what is asked.
pub fn help() -> String {
    let parties: Vec<String> = third_party::ALL
        .iter()
        .map(|party| {
            format!(
                "- {}: {}; asked {}",
                party.name,
                party.who,
                party.asked.replace('`', "")
            )
        })
        .collect();
    format!(
        "Third parties that may be asked:\n{}\nPublic resolvers: {}",
        parties.join("\n"),
        resolvers().collect::<Vec<_>>().join(", ")
    )
}

/// Refuses a name that nobody has: a typing error must not pass for a party that has nothing to say.
pub fn check(names: &[String]) -> Result<(), Problem> {
    let Some(stranger) = names
        .iter()
        .find(|name| !named().chain(resolvers()).any(|known| known == *name))
    else {
        return Ok(());
    };
    let near = nearest(stranger, named().chain(resolvers()))
        .map(|near| format!("did you mean `{near}`? "))
        .unwrap_or_default();
    Err(Problem::usage(
        "choosing the third parties",
        format!("`{stranger}` is none"),
        format!(
            "{near}there are {}, and of the public resolvers each alone: {}",
            named().collect::<Vec<_>>().join(", "),
            resolvers().collect::<Vec<_>>().join(", ")
        ),
    ))
}
