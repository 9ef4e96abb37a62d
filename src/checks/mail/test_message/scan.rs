//! One pass over a structured header field: words, quoted strings, signs and comments (RFC 5322 §3.2).
//!
//! Comments may nest and stand anywhere, so they are tokens too; whoever reads them decides. No recursion: depth is a counter.

/// Most tokens that are read of one field.
pub const MOST_TOKENS: usize = 4_000;

/// A piece of a structured field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Characters up to white space, a comment, a quote or a sign.
    Word(String),
    /// The text of a quoted string, without its quotes and backslashes.
    Quoted(String),
    /// The text of a comment, without its outer parentheses.
    Comment(String),
    Sign(char),
}

/// The tokens, and whether there were more than [`MOST_TOKENS`]. `signs` are characters that stand alone.
pub fn tokens(text: &str, signs: &[char]) -> (Vec<Token>, bool) {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if found.len() >= MOST_TOKENS {
            return (found, true);
        }
        match c {
            '(' => found.push(Token::Comment(comment(&mut chars))),
            '"' => found.push(Token::Quoted(quoted(&mut chars))),
            c if c.is_whitespace() => {}
            c if signs.contains(&c) => found.push(Token::Sign(c)),
            c => {
                let mut word = String::from(c);
                while let Some(next) = chars.next_if(|next| {
                    !next.is_whitespace() && !matches!(next, '(' | '"') && !signs.contains(next)
                }) {
                    word.push(next);
                }
                found.push(Token::Word(word));
            }
        }
    }
    (found, false)
}

fn comment(chars: &mut impl Iterator<Item = char>) -> String {
    let (mut text, mut depth) = (String::new(), 1usize);
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                text.extend(chars.next());
                continue;
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        text.push(c);
    }
    text
}

fn quoted(chars: &mut impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.extend(chars.next()),
            '"' => break,
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_quotes_and_nested_comments() {
        let (found, more) = tokens(r#"a(b (c\)) "d")"e\"f;" g;h(open"#, &[';']);
        let word = |text: &str| Token::Word(text.into());
        assert_eq!(
            found,
            [
                word("a"),
                Token::Comment("b (c)) \"d\"".into()),
                Token::Quoted("e\"f;".into()),
                word("g"),
                Token::Sign(';'),
                word("h"),
                Token::Comment("open".into()),
            ]
        );
        assert!(!more);
        assert!(tokens(&";".repeat(MOST_TOKENS + 1), &[';']).1);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,200}") {
            let _ = tokens(&text, &[';', '=', '<', '>', ',', ':', '@']);
        }
    }
}
