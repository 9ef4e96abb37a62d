//! One list asked: first whether it can be trusted (RFC 5782 §5), then about each name or address.

use std::net::{IpAddr, Ipv6Addr};

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::net::Network;
use crate::remedy::catalog::blocklist::{self, Blocklist, Kind, Said, Weight};

use super::own::Own;

/// What a list was asked and answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Id in the catalogue.
    pub list: String,
    pub test: SelfTest,
    /// That of IPv6, where an IPv6 address is asked about.
    pub test_of_ipv6: Option<SelfTest>,
    /// Each name or address, and the answer.
    pub answers: Vec<(String, DnsAnswer)>,
}

/// The entry that must be there, and the one that must not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    pub listed: DnsAnswer,
    pub clean: DnsAnswer,
}

/// What a list says of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    Clean,
    /// With what it means, the gravest first.
    Listed(Weight, String),
    /// Why it says nothing.
    Untold(String),
}

/// Asks every list of the catalogue about what it keeps.
pub async fn ask_all(network: &Network, own: &Own) -> Vec<Asked> {
    let asked = blocklist::all().iter().map(|list| ask(network, list, own));
    join_all(asked).await.into_iter().flatten().collect()
}

/// `None` where there is nothing to ask this list about. One that fails its test is told nothing of the client.
async fn ask(network: &Network, list: &Blocklist, own: &Own) -> Option<Asked> {
    let (six, plain): (Vec<String>, Vec<String>) = things(list, own)
        .into_iter()
        .partition(|thing| thing.contains(':'));
    if six.is_empty() && plain.is_empty() {
        return None;
    }
    let test = self_test(network, list, &list.listed, &list.clean).await?;
    let mut wanted = Vec::new();
    if trust(list, &test).is_ok() {
        wanted.extend(plain);
    }
    let test_of_ipv6 = if six.is_empty() {
        None
    } else {
        let point = |last| Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0x7f00, last).to_string();
        self_test(network, list, &point(2), &point(1)).await
    };
    if test_of_ipv6
        .as_ref()
        .is_some_and(|test| trust(list, test).is_ok())
    {
        wanted.extend(six);
    }
    let answers = wanted.into_iter().map(|thing| async move {
        let answer = question(network, list, &thing).await?;
        Some((thing, answer))
    });
    Some(Asked {
        list: list.id.clone(),
        test,
        test_of_ipv6,
        answers: join_all(answers).await.into_iter().flatten().collect(),
    })
}

/// What this list can be asked about.
pub fn things(list: &Blocklist, own: &Own) -> Vec<String> {
    match list.lists {
        Kind::Domains => own.names.iter().map(ToString::to_string).collect(),
        Kind::Addresses => own
            .addresses
            .iter()
            .filter(|address| address.is_ipv4() || list.ipv6)
            .map(ToString::to_string)
            .collect(),
    }
}

async fn self_test(
    network: &Network,
    list: &Blocklist,
    listed: &str,
    clean: &str,
) -> Option<SelfTest> {
    let (listed, clean) = futures_util::join!(
        question(network, list, listed),
        question(network, list, clean)
    );
    Some(SelfTest {
        listed: listed?,
        clean: clean?,
    })
}

async fn question(network: &Network, list: &Blocklist, thing: &str) -> Option<DnsAnswer> {
    let name = name_of(list, thing)?;
    Some((*network.ask(&name, RecordType::A).await).clone())
}

/// The name under which a list keeps a thing: octets or nibbles backwards, a domain as it is (RFC 5782 §2.1, §2.4, §3.1).
fn name_of(list: &Blocklist, thing: &str) -> Option<HostName> {
    let label = match thing.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => {
            let [a, b, c, d] = v4.octets();
            format!("{d}.{c}.{b}.{a}")
        }
        Ok(IpAddr::V6(v6)) => v6
            .octets()
            .iter()
            .rev()
            .map(|byte| format!("{:x}.{:x}", byte & 0xf, byte >> 4))
            .collect::<Vec<_>>()
            .join("."),
        Err(_) => thing.to_owned(),
    };
    HostName::parse(&format!("{label}.{}", list.zone)).ok()
}

/// Whether the test shows that the list works and speaks to us; else why it does not.
pub fn trust(list: &Blocklist, test: &SelfTest) -> Result<(), String> {
    match read(list, &test.listed) {
        Reading::Listed(_) | Reading::Strange(_) => {}
        Reading::Clean => {
            return Err("its test entry is missing: it is dead, or does not answer us".to_owned());
        }
        Reading::Untold(why) => return Err(why),
    }
    match read(list, &test.clean) {
        Reading::Clean => Ok(()),
        Reading::Listed(_) | Reading::Strange(_) => Err(
            "it lists what must never be listed: it is dead, or the answers are not its own"
                .to_owned(),
        ),
        Reading::Untold(why) => Err(why),
    }
}

impl Asked {
    /// What the list says of a thing. Believed only where the list stood its test.
    pub fn word(&self, list: &Blocklist, thing: &str) -> Word {
        let test = if thing.contains(':') {
            self.test_of_ipv6.as_ref()
        } else {
            Some(&self.test)
        };
        let Some(test) = test else {
            return Word::Untold("it was not asked about IPv6".to_owned());
        };
        if let Err(why) = trust(list, test) {
            return Word::Untold(why);
        }
        let Some((_, answer)) = self.answers.iter().find(|(of, _)| of == thing) else {
            return Word::Untold("it was not asked".to_owned());
        };
        match read(list, answer) {
            Reading::Clean => Word::Clean,
            Reading::Untold(why) => Word::Untold(why),
            Reading::Strange(code) => {
                Word::Untold(format!("it answers {code}, which it is not known to do"))
            }
            Reading::Listed(codes) => {
                let weight = codes.iter().map(|(weight, _)| *weight).min();
                let means: Vec<&str> = codes.iter().map(|(_, means)| *means).collect();
                Word::Listed(weight.unwrap_or(list.weight), means.join("; "))
            }
        }
    }

    /// The answer about a thing.
    pub fn answer(&self, thing: &str) -> Option<&DnsAnswer> {
        let (_, answer) = self.answers.iter().find(|(of, _)| of == thing)?;
        Some(answer)
    }
}

enum Reading<'a> {
    Clean,
    Listed(Vec<(Weight, &'a str)>),
    Strange(String),
    Untold(String),
}

/// Reads a whole answer: one refusal or made-up address in it spoils the rest.
fn read<'a>(list: &'a Blocklist, answer: &DnsAnswer) -> Reading<'a> {
    if answer.is_unusable() {
        return Reading::Untold(escape(&answer.outcome_line()));
    }
    let addresses = answer.addresses();
    let mut codes: Vec<(Weight, &str)> = Vec::new();
    let mut strange = None;
    for address in &addresses {
        let said = match address {
            IpAddr::V4(v4) => list.read(*v4),
            IpAddr::V6(_) => Said::Foreign,
        };
        match said {
            Said::Listed(more) => codes.extend(more),
            Said::Strange => strange = Some(address.to_string()),
            Said::Refused(why) => return Reading::Untold(why.to_owned()),
            Said::Foreign => {
                return Reading::Untold(format!(
                    "the answer {address} is not a list's: somebody on the way rewrites answers"
                ));
            }
        }
    }
    codes.sort_unstable();
    codes.dedup();
    match strange {
        _ if !codes.is_empty() => Reading::Listed(codes),
        Some(code) => Reading::Strange(code),
        None => Reading::Clean,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::checks::mail::worlds::{address, no_name, silent};

    /// What a list answers: an address, `-` (no such name) or `?` (nothing came).
    pub fn answered(list: &Blocklist, thing: &str, said: &str) -> DnsAnswer {
        let name = name_of(list, thing).unwrap();
        match said {
            "-" => no_name(name.as_str(), RecordType::A),
            "?" => silent(name.as_str(), RecordType::A),
            code => address(name.as_str(), code),
        }
    }

    /// A list that answers its test entries so, and these things.
    pub fn asked(id: &str, test: (&str, &str), answers: &[(&str, &str)]) -> Asked {
        let list = blocklist::find(id).unwrap();
        Asked {
            list: id.to_owned(),
            test: SelfTest {
                listed: answered(list, &list.listed, test.0),
                clean: answered(list, &list.clean, test.1),
            },
            test_of_ipv6: None,
            answers: answers
                .iter()
                .map(|(thing, said)| ((*thing).to_owned(), answered(list, thing, said)))
                .collect(),
        }
    }

    #[test]
    fn things_are_kept_backwards_and_domains_as_they_are() {
        let zen = blocklist::find("spamhaus-zen").unwrap();
        let name = |thing| name_of(zen, thing).unwrap().to_string();
        assert_eq!(name("203.0.113.25"), "25.113.0.203.zen.spamhaus.org");
        assert_eq!(name("acme.example"), "acme.example.zen.spamhaus.org");
        assert_eq!(
            name("2001:db8::25"),
            "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.spamhaus.org"
        );
        assert_eq!(
            name("::ffff:7f00:2"),
            "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.zen.spamhaus.org"
        );
    }

    #[test]
    fn a_list_is_believed_only_after_its_test() {
        let thing = "203.0.113.25";
        for (test, said, want) in [
            (("127.0.0.2", "-"), "-", "clean"),
            (("127.0.0.2", "-"), "127.0.0.2", "listed"),
            (("127.0.0.2", "-"), "127.0.0.99", "untold"),
            (("127.0.0.2", "-"), "127.255.255.254", "untold"),
            (("127.0.0.2", "-"), "127.0.0.1", "untold"),
            (("127.0.0.2", "-"), "203.0.113.80", "untold"),
            (("127.0.0.2", "-"), "?", "untold"),
            (("127.0.0.2", "127.0.0.2"), "127.0.0.2", "untold"),
            (("127.0.0.2", "203.0.113.80"), "203.0.113.80", "untold"),
            (
                ("127.255.255.254", "127.255.255.254"),
                "127.255.255.254",
                "untold",
            ),
            (("-", "-"), "-", "untold"),
            (("?", "?"), "?", "untold"),
            (("127.0.0.2", "?"), "-", "untold"),
        ] {
            let zen = blocklist::find("spamhaus-zen").unwrap();
            let word = asked("spamhaus-zen", test, &[(thing, said)]).word(zen, thing);
            let is = match &word {
                Word::Clean => "clean",
                Word::Listed(..) => "listed",
                Word::Untold(_) => "untold",
            };
            assert_eq!(is, want, "{test:?} {said}: {word:?}");
        }
    }

    #[test]
    fn ipv6_has_a_test_of_its_own() {
        let zen = blocklist::find("spamhaus-zen").unwrap();
        let thing = "2001:db8::25";
        let mut world = asked("spamhaus-zen", ("127.0.0.2", "-"), &[(thing, "-")]);
        assert!(matches!(world.word(zen, thing), Word::Untold(_)));
        world.test_of_ipv6 = Some(SelfTest {
            listed: answered(zen, "::ffff:7f00:2", "127.0.0.2"),
            clean: answered(zen, "::ffff:7f00:1", "-"),
        });
        assert_eq!(world.word(zen, thing), Word::Clean);
    }
}
