//! What the author of a broken SPF term probably meant: words for the message, never a lenient reading.

use std::net::Ipv4Addr;

/// The usual slips, recognised so that the message can say what to type.
pub fn hint(word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    let glued = [
        "-all",
        "~all",
        "?all",
        "+all",
        "include:",
        "ip4:",
        "ip6:",
        "redirect=",
        "v=spf1",
    ]
    .into_iter()
    .find(|start| lower.find(start).is_some_and(|at| at > 1));
    if let Some(start) = glued {
        return Some(format!("a space is missing before `{start}`"));
    }
    let known = [
        ("ipv4:", "write `ip4:`"),
        ("ipv6:", "write `ip6:`"),
        (
            "ip:",
            "write `ip4:` for an IPv4 and `ip6:` for an IPv6 address",
        ),
        ("includes:", "write `include:`"),
        ("v=spf1", "the version stands once, at the beginning"),
        (
            "http",
            "a domain is meant, without `https://` and without a path",
        ),
        ("\"", "quotation marks do not belong into the value"),
    ];
    if let Some((_, advice)) = known.iter().find(|(start, _)| lower.starts_with(start)) {
        return Some((*advice).to_owned());
    }
    if lower.ends_with([',', ';']) {
        return Some("terms are separated by spaces alone".to_owned());
    }
    let bare = lower.trim_start_matches(['+', '-', '~', '?']);
    if bare.parse::<Ipv4Addr>().is_ok() {
        return Some(format!("write `ip4:{bare}`"));
    }
    if bare.contains('.') && !bare.contains([':', '=', '/']) {
        return Some(format!("write `include:{bare}` or `a:{bare}`"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;

    #[test]
    fn the_usual_slips_get_a_hint() {
        for (record, words) in [
            ("v=spf1 ip4:192.0.2.1~all", "space is missing before `~all`"),
            ("v=spf1 ipv4:192.0.2.1 -all", "`ip4:`"),
            ("v=spf1 192.0.2.1 -all", "ip4:192.0.2.1"),
            ("v=spf1 _spf.mailer.example -all", "include:_spf"),
            ("v=spf1 mx, -all", "spaces alone"),
        ] {
            let parsed = parse(record);
            let hint = parsed.problems[0].hint.clone().unwrap_or_default();
            assert!(hint.contains(words), "{record}: {hint}");
        }
    }
}
