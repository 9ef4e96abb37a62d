//! Who stands in From (RFC 5322 §3.4, §3.6.2): the addresses, never the names beside them.
//!
//! A display name may look like an address; only what stands between angle brackets counts where there are any.

use super::scan::{Token, tokens};
use crate::model::name::HostName;

/// Most addresses that are read of one field.
const MOST: usize = 20;

/// An address of a person or program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub local: String,
    pub domain: HostName,
}

/// The addresses of a From or To field, in order; `Err`: something in it is no address.
pub fn addresses(text: &str) -> Result<Vec<Address>, String> {
    let (tokens, more) = tokens(text, &['<', '>', ',', ':', ';', '@']);
    if more {
        return Err("it is longer than any list of people".to_owned());
    }
    let mut found = Vec::new();
    let mut words: Vec<Token> = Vec::new();
    let mut bracket: Option<Vec<Token>> = None;
    let mut inside = false;
    for token in tokens {
        match token {
            Token::Comment(_) => {}
            Token::Sign('<') => {
                bracket = Some(Vec::new());
                inside = true;
            }
            Token::Sign('>') => inside = false,
            // The name of a group ends here (RFC 5322 §3.4); inside of brackets it ends an old-style route (§4.4).
            Token::Sign(':') if inside => bracket = Some(Vec::new()),
            Token::Sign(':') => words.clear(),
            Token::Sign(',') if inside => {}
            Token::Sign(',' | ';') => {
                take(&mut words, &mut bracket, &mut found)?;
                inside = false;
            }
            other if inside => bracket.get_or_insert_default().push(other),
            other => words.push(other),
        }
        if found.len() > MOST {
            return Err(format!("more than {MOST} addresses stand in it"));
        }
    }
    take(&mut words, &mut bracket, &mut found)?;
    Ok(found)
}

/// Reads the address that is now complete: the one in brackets, else the bare words.
fn take(
    words: &mut Vec<Token>,
    bracket: &mut Option<Vec<Token>>,
    found: &mut Vec<Address>,
) -> Result<(), String> {
    let name = std::mem::take(words);
    let tokens = match bracket.take() {
        Some(tokens) => tokens,
        None if name.is_empty() => return Ok(()),
        None => name,
    };
    found.push(address(&tokens)?);
    Ok(())
}

/// `local@domain`; dots may stand apart (RFC 5322 §4.4).
fn address(tokens: &[Token]) -> Result<Address, String> {
    let at = tokens
        .iter()
        .rposition(|token| *token == Token::Sign('@'))
        .ok_or("an address has no @")?;
    let (local, rest) = tokens.split_at(at);
    let (local, domain) = (joined(local), joined(rest.get(1..).unwrap_or_default()));
    if local.is_empty() {
        return Err("nothing stands before an @".to_owned());
    }
    let domain =
        HostName::parse(&domain).map_err(|_| "what follows an @ is no domain".to_owned())?;
    Ok(Address { local, domain })
}

fn joined(tokens: &[Token]) -> String {
    tokens
        .iter()
        .map(|token| match token {
            Token::Word(text) | Token::Quoted(text) => text.clone(),
            Token::Sign(sign) => sign.to_string(),
            Token::Comment(_) => String::new(),
        })
        .collect()
}

/// The domain of a single address or bare domain, as results hold them: `a@b.example`, `@b.example`, `b.example`, `<>`.
pub fn domain_in(text: &str) -> Option<HostName> {
    let bare = text.trim_matches(['<', '>', ' ', '"']);
    let domain = bare.rsplit('@').next()?;
    HostName::parse(domain)
        .ok()
        .filter(|name| name.labels() > 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        let list = addresses(text)?;
        Ok(list
            .iter()
            .map(|a| format!("{}@{}", a.local, a.domain))
            .collect())
    }

    #[test]
    fn only_the_address_counts() {
        for (text, want) in [
            ("a@b.example", vec!["a@b.example"]),
            ("\"ceo@bank.example\" <a@b.example>", vec!["a@b.example"]),
            ("ceo@bank.example <a@b.example>", vec!["a@b.example"]),
            ("Acme (via x@y.example) <a@B.EXAMPLE>", vec!["a@b.example"]),
            (
                "A <a@b.example>, c@d.example",
                vec!["a@b.example", "c@d.example"],
            ),
            (
                "Team: A <a@b.example>, c@d.example;",
                vec!["a@b.example", "c@d.example"],
            ),
            ("Nobody: ;", vec![]),
            ("\"a, b\"@c.example", vec!["a, b@c.example"]),
            ("<@relay.example:a@b.example>", vec!["a@b.example"]),
            ("a . c @ b . example", vec!["a.c@b.example"]),
            (
                "=?utf-8?q?x=40y.example?= <a@b.example>",
                vec!["a@b.example"],
            ),
            ("\"a@b\"@c.example", vec!["a@b@c.example"]),
            ("a@grüße.example", vec!["a@xn--gre-6ka8l.example"]),
        ] {
            assert_eq!(
                read(text),
                Ok(want.into_iter().map(str::to_owned).collect()),
                "{text}"
            );
        }
        for text in ["Acme", "@b.example", "a@", "<>", "a@b..example", "a b"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"a@b.example,".repeat(50)).is_err());
    }

    #[test]
    fn domains_of_results() {
        for (text, want) in [
            ("bounce+1=x@send.acme.example", Some("send.acme.example")),
            ("@acme.example", Some("acme.example")),
            ("acme.example", Some("acme.example")),
            ("<>", None),
            ("none", None),
        ] {
            let found = domain_in(text).map(|name| name.to_string());
            assert_eq!(found.as_deref(), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,120}") {
            let _ = (addresses(&text), domain_in(&text));
        }
    }
}
