//! The checks. One check = one file with one unit struct; [`registry`] lists them.
//!
//! A check looks ([`rule::Rule::observe`], the only part that waits for the network) and then judges ([`rule::Rule::judge`], a pure
//! function from what was seen to a [`rule::Judgement`]). So every rule can be tested without a socket and run again on stored
//! observations. No check knows in what world it runs: it sees the [`Intent`](crate::model::intent::Intent) and the [`Network`](crate::net::Network), nothing else.

pub mod answer;
pub mod api;
pub mod auth;
pub mod dns;
pub mod domain;
pub mod evidence;
pub mod exposure;
pub mod likeness;
pub mod mail;
pub mod page;
pub mod performance;
pub mod registry;
pub mod rule;
pub mod sight;
pub mod site;
pub mod subject;
pub mod third_party;
pub mod tls;
pub mod web;
