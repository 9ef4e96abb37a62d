//! Settings: command line, then environment, then configuration file, then default; each value knows where it comes from.

mod places;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ArgMatches;
use clap::parser::ValueSource;
use serde::Deserialize;

use super::args::{self, Global};
use super::exit::Exit;
use super::out;
use super::problem::Problem;
use crate::model::text::{escape, nearest};
use crate::net::{Brought, Network, NetworkConfig};
use places::{usual_config, usual_data_dir};

/// Every setting with its source.
#[derive(Debug, Clone)]
pub struct Settings {
    pub resolvers: Set<Vec<SocketAddr>>,
    pub root_hints: Set<Vec<IpAddr>>,
    pub trust_anchor: Set<Option<PathBuf>>,
    pub ca_files: Set<Vec<PathBuf>>,
    pub public_ca_files: Vec<PathBuf>,
    /// Credentials as files.
    pub credentials_dir: Option<PathBuf>,
    pub reroutes: Set<Vec<(SocketAddr, SocketAddr)>>,
    pub data_dir: Set<PathBuf>,
    pub log: Set<Option<PathBuf>>,
    pub plain: Set<bool>,
    pub no_color: Set<bool>,
    /// The configuration file that was read, if any.
    pub config: Option<PathBuf>,
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set<T> {
    pub value: T,
    pub source: Source,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    CommandLine,
    Environment,
    File,
    Default,
}

impl Source {
    const fn word(self) -> &'static str {
        match self {
            Self::CommandLine => "command line",
            Self::Environment => "environment",
            Self::File => "configuration file",
            Self::Default => "default",
        }
    }
}

/// The configuration file. Keys are those of the command line.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConfigFile {
    resolver: Vec<String>,
    root_hints: Vec<IpAddr>,
    trust_anchor: Option<PathBuf>,
    ca_file: Vec<PathBuf>,
    reroute: Vec<String>,
    data_dir: Option<PathBuf>,
    log: Option<PathBuf>,
    plain: bool,
    no_color: bool,
}

const KEYS: [&str; 9] = [
    "resolver",
    "root_hints",
    "trust_anchor",
    "ca_file",
    "reroute",
    "data_dir",
    "log",
    "plain",
    "no_color",
];

impl Settings {
    /// Puts the three sources together. A configuration file that was named must be there; the usual one need not.
    pub fn gather(global: &Global, matches: &ArgMatches) -> Result<Self> {
        let named = global.config.clone();
        let path = named
            .clone()
            .or_else(|| usual_config().filter(|path| path.exists()));
        let file = match &path {
            Some(path) => read_config(path)?,
            None => ConfigFile::default(),
        };
        let from_file = |text: &str, why: String| {
            let place = path
                .as_deref()
                .map(|p| p.display().to_string())
                .unwrap_or_default();
            Problem::usage(
                format!("reading {place}"),
                format!("`{text}`: {why}"),
                "correct that line",
            )
        };
        let file_resolvers = file
            .resolver
            .iter()
            .map(|text| args::resolver(text).map_err(|why| from_file(text, why)))
            .collect::<Result<Vec<_>, _>>()?;
        let file_reroutes = file
            .reroute
            .iter()
            .map(|text| args::reroute(text).map_err(|why| from_file(text, why)))
            .collect::<Result<Vec<_>, _>>()?;
        let source = |id: &str| given(matches, id);
        let no_color =
            |value: bool| value || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let plain = |value: bool| value || std::env::var("ACCESSIBLE").is_ok_and(|v| v == "1");
        Ok(Self {
            resolvers: list(&global.resolver, source("resolver"), file_resolvers),
            root_hints: list(&global.root_hints, source("root_hints"), file.root_hints),
            trust_anchor: option(
                global.trust_anchor.as_ref(),
                source("trust_anchor"),
                file.trust_anchor,
            ),
            ca_files: list(&global.ca_file, source("ca_file"), file.ca_file),
            public_ca_files: global.public_ca_file.clone(),
            credentials_dir: global.credentials_dir.clone(),
            reroutes: list(&global.reroute, source("reroute"), file_reroutes),
            data_dir: data_dir(global, source("data_dir"), file.data_dir),
            log: option(global.log.as_ref(), source("log"), file.log),
            plain: flag(plain(global.plain), source("plain"), file.plain),
            no_color: flag(no_color(global.no_color), source("no_color"), file.no_color),
            config: path,
        })
    }

    /// How to reach the world, with third parties as opted in.
    pub fn network_config(&self, third_parties: &[String]) -> NetworkConfig {
        NetworkConfig {
            resolvers: self.resolvers.value.clone(),
            root_hints: self.root_hints.value.clone(),
            ca_files: self.ca_files.value.clone(),
            public_ca_files: self.public_ca_files.clone(),
            reroutes: self.reroutes.value.clone(),
            trust_anchor: self.trust_anchor.value.clone(),
            third_parties: third_parties.to_vec(),
            ..NetworkConfig::default()
        }
    }

    /// The network that these settings describe. Sends nothing yet.
    pub fn network(&self, third_parties: &[String]) -> Result<Network> {
        self.network_with(third_parties, Vec::new())
    }

    /// The same with messages that were brought.
    pub fn network_with(&self, third_parties: &[String], brought: Vec<Brought>) -> Result<Network> {
        let config = NetworkConfig {
            brought,
            ..self.network_config(third_parties)
        };
        Network::new(config).map_err(|why| {
            Problem::usage(
                "setting up the network",
                why,
                "`launch-ready config show` tells where each value comes from",
            )
            .into()
        })
    }

    /// `config show`.
    pub fn show(&self) -> Result<Exit> {
        let config = self.config.as_deref().map_or_else(
            || {
                format!(
                    "none (looked for {})",
                    usual_config().unwrap_or_default().display()
                )
            },
            |path| path.display().to_string(),
        );
        let rows = [
            ("config", config, ""),
            row(
                "resolver",
                &many(&self.resolvers.value, "the system's"),
                self.resolvers.source,
            ),
            row(
                "root_hints",
                &many(&self.root_hints.value, "the IANA root servers"),
                self.root_hints.source,
            ),
            row(
                "trust_anchor",
                &path_or(self.trust_anchor.value.as_deref(), "the IANA root's"),
                self.trust_anchor.source,
            ),
            row(
                "ca_file",
                &paths(&self.ca_files.value),
                self.ca_files.source,
            ),
            row(
                "reroute",
                &reroutes(&self.reroutes.value),
                self.reroutes.source,
            ),
            row(
                "data_dir",
                &self.data_dir.value.display().to_string(),
                self.data_dir.source,
            ),
            row(
                "log",
                &path_or(self.log.value.as_deref(), "none"),
                self.log.source,
            ),
            row("plain", &self.plain.value.to_string(), self.plain.source),
            row(
                "no_color",
                &self.no_color.value.to_string(),
                self.no_color.source,
            ),
        ];
        for (key, value, source) in rows {
            let from = if source.is_empty() {
                String::new()
            } else {
                format!("  ({source})")
            };
            out::line(&format!("{key:<14} {}{from}", escape(&value)))?;
        }
        Ok(Exit::Go)
    }
}

fn row<'a>(key: &'a str, value: &str, source: Source) -> (&'a str, String, &'static str) {
    (key, value.to_owned(), source.word())
}

fn many<T: ToString>(values: &[T], none: &str) -> String {
    if values.is_empty() {
        return none.to_owned();
    }
    values
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn paths(values: &[PathBuf]) -> String {
    many(
        &values
            .iter()
            .map(|p| p.display().to_string())
            .collect::<Vec<_>>(),
        "none",
    )
}

fn reroutes(values: &[(SocketAddr, SocketAddr)]) -> String {
    many(
        &values
            .iter()
            .map(|(from, to)| format!("{from}={to}"))
            .collect::<Vec<_>>(),
        "none",
    )
}

fn path_or(path: Option<&Path>, none: &str) -> String {
    path.map_or_else(|| none.to_owned(), |p| p.display().to_string())
}

/// Where a value was given outside the file, if it was.
fn given(matches: &ArgMatches, id: &str) -> Option<Source> {
    match deepest(matches)
        .value_source(id)
        .or_else(|| matches.value_source(id))
    {
        Some(ValueSource::CommandLine) => Some(Source::CommandLine),
        Some(ValueSource::EnvVariable) => Some(Source::Environment),
        _ => None,
    }
}

fn deepest(matches: &ArgMatches) -> &ArgMatches {
    matches
        .subcommand()
        .map_or(matches, |(_, inner)| deepest(inner))
}

fn list<T: Clone>(arg: &[T], given: Option<Source>, file: Vec<T>) -> Set<Vec<T>> {
    match given {
        Some(source) => Set {
            value: arg.to_vec(),
            source,
        },
        None if file.is_empty() => Set {
            value: Vec::new(),
            source: Source::Default,
        },
        None => Set {
            value: file,
            source: Source::File,
        },
    }
}

fn option<T: Clone>(arg: Option<&T>, given: Option<Source>, file: Option<T>) -> Set<Option<T>> {
    match (given, file) {
        (Some(source), _) => Set {
            value: arg.cloned(),
            source,
        },
        (None, Some(value)) => Set {
            value: Some(value),
            source: Source::File,
        },
        (None, None) => Set {
            value: None,
            source: Source::Default,
        },
    }
}

fn flag(arg: bool, given: Option<Source>, file: bool) -> Set<bool> {
    match (given, arg, file) {
        (Some(source), value, _) => Set { value, source },
        (None, true, _) => Set {
            value: true,
            source: Source::Environment,
        },
        (None, false, true) => Set {
            value: true,
            source: Source::File,
        },
        (None, false, false) => Set {
            value: false,
            source: Source::Default,
        },
    }
}

fn data_dir(global: &Global, given: Option<Source>, file: Option<PathBuf>) -> Set<PathBuf> {
    let chosen = option(global.data_dir.as_ref(), given, file);
    match chosen.value {
        Some(value) => Set {
            value,
            source: chosen.source,
        },
        None => Set {
            value: usual_data_dir(),
            source: Source::Default,
        },
    }
}

fn read_config(path: &Path) -> Result<ConfigFile> {
    let what = format!("reading the configuration {}", path.display());
    let text = std::fs::read_to_string(path).map_err(|why| {
        Problem::usage(
            what.clone(),
            why,
            "name another with --config, or create it",
        )
    })?;
    toml::from_str(&text).map_err(|why| {
        let stranger = why
            .message()
            .split('`')
            .nth(1)
            .unwrap_or_default()
            .to_owned();
        let hint = nearest(&stranger, KEYS)
            .filter(|_| why.message().contains("unknown field"))
            .map_or_else(
                || format!("keys are: {}", KEYS.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
        Problem::usage(what, why.to_string().replace('\n', " "), hint).into()
    })
}
