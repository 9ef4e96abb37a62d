//! `Network` against small servers on loopback, each of which misbehaves in one way.

mod delegation;
mod dns;
mod footing;
mod hostile;
mod http;
mod servers;
mod smtp;
mod tls;
mod web;
