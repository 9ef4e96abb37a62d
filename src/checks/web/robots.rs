//! robots.txt, read as RFC 9309 says: groups, product tokens, longest match. Pure.

/// Bytes that are read; the standard asks for at least 500 KiB.
const LIMIT: usize = 512 * 1024;

/// A parsed file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    groups: Vec<Group>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Group {
    /// Lower case; `*` for all others.
    agents: Vec<String>,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    pattern: String,
}

/// Reads a file. Lines that mean nothing are skipped, so that an HTML page gives no groups.
pub fn parse(text: &str) -> Robots {
    let text = crate::checks::page::cut(text.strip_prefix('\u{feff}').unwrap_or(text), LIMIT);
    let mut groups: Vec<Group> = Vec::new();
    let mut naming = false;
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        match key.as_str() {
            "user-agent" => {
                if !naming {
                    groups.push(Group::default());
                }
                naming = true;
                if let Some(group) = groups.last_mut() {
                    group.agents.push(value.to_ascii_lowercase());
                }
            }
            "allow" | "disallow" => {
                naming = false;
                if let Some(group) = groups.last_mut()
                    && !value.is_empty()
                {
                    group.rules.push(Rule {
                        allows: key == "allow",
                        pattern: value.to_owned(),
                    });
                }
            }
            // Other records (sitemap, crawl-delay) neither end nor begin a group.
            _ => {}
        }
    }
    Robots { groups }
}

impl Robots {
    /// Whether the crawler `agent` (a lower-case product token) may fetch `path`. Groups of its own token take the place of the
    /// `*` groups; all groups of one token count together; the longest pattern decides, Allow before Disallow.
    pub fn allows(&self, agent: &str, path: &str) -> bool {
        let of = |token: &str| -> Vec<&Group> {
            self.groups
                .iter()
                .filter(|g| g.agents.iter().any(|a| a == token))
                .collect()
        };
        let own = of(agent);
        let groups = if own.is_empty() { of("*") } else { own };
        groups
            .into_iter()
            .flat_map(|group| &group.rules)
            .filter(|rule| matches(&rule.pattern, path))
            .max_by_key(|rule| (rule.pattern.len(), rule.allows))
            .is_none_or(|rule| rule.allows)
    }

    /// Whether a group names this crawler.
    pub fn names(&self, agent: &str) -> bool {
        self.groups
            .iter()
            .any(|g| g.agents.iter().any(|a| a == agent))
    }
}

/// `*` stands for any characters, a final `$` for the end of the path.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(head) => (head, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
        last = Some(piece);
    }
    !anchored || rest.is_empty() || last.is_some_and(|piece| path.ends_with(piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_longest_match() {
        for (file, agent, path, want) in [
            ("", "googlebot", "/", true),
            ("User-agent: *\nDisallow: /", "googlebot", "/", false),
            ("User-agent: *\nDisallow:", "googlebot", "/", true),
            ("user-agent:*\ndisallow:/ # all", "googlebot", "/x", false),
            (
                "User-agent: *\nDisallow: /private\n",
                "googlebot",
                "/",
                true,
            ),
            (
                "User-agent: *\nDisallow: /\nAllow: /$",
                "googlebot",
                "/",
                true,
            ),
            (
                "User-agent: *\nDisallow: /\nAllow: /$",
                "googlebot",
                "/x",
                false,
            ),
            (
                "User-agent: badbot\nDisallow: /\n\nUser-agent: *\nAllow: /",
                "googlebot",
                "/",
                true,
            ),
            (
                "User-agent: badbot\nUser-agent: *\nDisallow: /",
                "googlebot",
                "/",
                false,
            ),
            (
                "User-agent: *\nDisallow: /\n\nUser-agent: Googlebot\nAllow: /",
                "googlebot",
                "/",
                true,
            ),
            (
                "User-agent: *\nAllow: /\n\nUser-agent: Googlebot\nDisallow: /",
                "googlebot",
                "/",
                false,
            ),
            (
                "User-agent: *\nDisallow: /a\nUser-agent: *\nDisallow: /b",
                "bingbot",
                "/a",
                false,
            ),
            (
                "User-agent: *\nCrawl-delay: 5\nDisallow: /",
                "bingbot",
                "/",
                false,
            ),
            (
                "User-agent: *\nDisallow: /*.pdf$",
                "bingbot",
                "/a.pdf",
                false,
            ),
            (
                "User-agent: *\nDisallow: /*.pdf$",
                "bingbot",
                "/a.pdf?x",
                true,
            ),
            (
                "User-agent: *\nDisallow: /a\nAllow: /a",
                "bingbot",
                "/a",
                true,
            ),
            (
                "\u{feff}User-agent: *\r\nDisallow: /\r\n",
                "bingbot",
                "/",
                false,
            ),
            ("Disallow: /", "bingbot", "/", true),
            (
                "<!doctype html><p style='color: red'>Disallow: /",
                "bingbot",
                "/",
                true,
            ),
        ] {
            assert_eq!(
                parse(file).allows(agent, path),
                want,
                "{file} {agent} {path}"
            );
        }
    }
}
