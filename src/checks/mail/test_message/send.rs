//! The message that we hand over ourselves: plain, honest about what it is, and shaped as filters like it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::address::addresses;
use crate::model::name::HostName;
use crate::model::text::hex;

/// A message to hand over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Stands in the subject and nowhere else in the world.
    pub nonce: String,
    /// With CRLF line ends.
    pub text: String,
}

/// Something random, twelve hexadecimal digits.
pub fn nonce() -> String {
    let mut bytes = [0u8; 6];
    match getrandom::fill(&mut bytes) {
        Ok(()) => hex(&bytes),
        // No randomness: the clock tells messages apart too.
        Err(_) => format!("{:012x}", Timestamp::now().as_microsecond()),
    }
}

/// Writes the message; `Err`: one of the addresses is none.
pub fn letter(
    from: &str,
    to: &str,
    about: (&HostName, &str),
    nonce: &str,
    now: Timestamp,
) -> Result<Letter, String> {
    let (domain, code) = about;
    let sender = one(from).map_err(|why| format!("`from` of [submission]: {why}"))?;
    let ((), recipient) = one(to)
        .map(|read| ((), read.0))
        .map_err(|why| format!("`address` of [test_inbox]: {why}"))?;
    let date = now
        .to_zoned(TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S +0000");
    let code: String = code
        .chars()
        .filter(char::is_ascii_graphic)
        .take(60)
        .collect();
    let text = [
        format!("From: {}", sender.0),
        format!("To: {recipient}"),
        format!("Subject: Launch Ready test message {code} {nonce}"),
        format!("Date: {date}"),
        format!(
            "Message-ID: <{nonce}.{}@{}>",
            now.as_millisecond(),
            sender.1
        ),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=us-ascii".to_owned(),
        "Content-Transfer-Encoding: 7bit".to_owned(),
        String::new(),
        "Hello,".to_owned(),
        String::new(),
        format!("this is a test message for the launch of {domain}."),
        "It was handed to the portal's own mail service by Launch Ready, to see".to_owned(),
        "whether messages of the portal reach an inbox, how fast, and whether SPF,".to_owned(),
        "DKIM and DMARC pass on the way.".to_owned(),
        String::new(),
        "Nobody needs to answer it, and it can be deleted.".to_owned(),
        String::new(),
    ]
    .join("\r\n");
    Ok(Letter {
        nonce: nonce.to_owned(),
        text,
    })
}

/// One plain address and its domain.
fn one(text: &str) -> Result<(String, HostName), String> {
    let list = addresses(text)?;
    let [address] = list.as_slice() else {
        return Err("one address is wanted".to_owned());
    };
    let fit = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if !address.local.chars().all(fit) {
        return Err("what stands before @ needs quotes, which many servers do not take".to_owned());
    }
    Ok((
        format!("{}@{}", address.local, address.domain),
        address.domain.clone(),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::message::Lines;
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn the_message_is_whole_and_nothing_gets_into_its_header() {
        let now: Timestamp = "2026-11-26T18:00:01Z".parse().unwrap();
        let domain = HostName::parse("acme.example").unwrap();
        let write =
            |from: &str, to: &str, code: &str| letter(from, to, (&domain, code), "0a0b", now);
        let letter = write(
            "Acme <no-reply@acme.example>",
            "t+x@inbox.example",
            "acme\r\nBcc: x",
        )
        .unwrap();
        assert!(letter.text.is_ascii() && !letter.text.replace("\r\n", "").contains(['\r', '\n']));
        let lines = Lines::of(letter.text.as_bytes());
        let message = lines.message();
        let names: Vec<String> = message
            .fields
            .iter()
            .map(|f| String::from_utf8_lossy(f.name()).into_owned())
            .collect();
        assert_eq!(
            names,
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding"
            ]
        );
        assert_eq!(
            message.first("date").unwrap().text().unwrap(),
            "Thu, 26 Nov 2026 18:00:01 +0000"
        );
        assert_eq!(
            parse(letter.text.as_bytes()).subjects,
            ["Launch Ready test message acmeBcc:x 0a0b"]
        );
        for (from, to) in [
            ("no-reply", "t@x.example"),
            ("a@b.example", "t@x.example, u@x.example"),
            ("a@b.example\r\nBcc: x", "t@x.example"),
        ] {
            assert!(write(from, to, "c").is_err(), "{from} {to}");
        }
        assert_ne!(nonce(), nonce());
    }
}
