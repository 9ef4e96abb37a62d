//! The names by which an operator lets third parties be asked: those of the table, and every public resolver's own.

use crate::model::third_party;
use crate::remedy::catalog::resolver;

/// The names of the table.
pub fn named() -> impl Iterator<Item = &'static str> {
    third_party::ALL.iter().map(|party| party.name)
}

/// The names of single public resolvers.
pub fn resolvers() -> impl Iterator<Item = &'static str> {
    resolver::all().iter().map(|public| public.id.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_is_one_party() {
        let all: Vec<&str> = named().chain(resolvers()).collect();
        let distinct: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
        assert!(distinct.contains("globalping") && distinct.contains("quad9"));
    }
}
