//! Placeholders of registrars, domain markets and freshly installed servers.

use super::marks::Mark;
use super::marks::Place::Parked;
use super::marks::Signal::{Body, Header, Title};
use super::marks::mark;

/// The marks, as data.
pub(super) static PLACEHOLDERS: &[Mark] = &[
    mark(
        Parked,
        "Sedo",
        2,
        &[
            Body("sedoparking.com"),
            Body("domain is for sale"),
            Body("sedo domain parking"),
        ],
    ),
    mark(
        Parked,
        "GoDaddy",
        2,
        &[
            Body("parked free, courtesy of godaddy"),
            Body("godaddy.com"),
            Body("window.location.href=\"/lander\""),
            Header("server", "openresty"),
        ],
    ),
    mark(
        Parked,
        "Namecheap",
        2,
        &[
            Body("parkingpage.namecheap.com"),
            Body("namecheap.com"),
            Title("registrant whois contact information"),
        ],
    ),
    mark(
        Parked,
        "Hostinger",
        2,
        &[Title("parked domain name on hostinger"), Body("hostinger")],
    ),
    mark(
        Parked,
        "ParkingCrew",
        2,
        &[
            Body("parkingcrew.net"),
            Body("related searches"),
            Header("x-adblock-key", ""),
        ],
    ),
    mark(Parked, "Bodis", 2, &[Body("bodis.com"), Body("parking")]),
    mark(
        Parked,
        "a domain market",
        3,
        &[
            Title("for sale"),
            Body("buy this domain"),
            Body("this domain is for sale"),
            Body("this domain name is for sale"),
            Body("make an offer"),
        ],
    ),
    mark(
        Parked,
        "a registrar",
        2,
        &[
            Title("parked domain"),
            Title("domain parked"),
            Body("this domain is parked"),
            Body("this domain has been registered"),
            Body("domain has recently been registered"),
        ],
    ),
    mark(
        Parked,
        "nginx's welcome page",
        2,
        &[Title("welcome to nginx"), Body("thank you for using nginx")],
    ),
    mark(
        Parked,
        "Apache's welcome page",
        2,
        &[
            Title("apache2"),
            Title("apache http server"),
            Body("it works!"),
            Body("default page"),
            Body("default welcome page"),
        ],
    ),
    mark(
        Parked,
        "IIS's welcome page",
        2,
        &[Title("iis windows server"), Body("iisstart")],
    ),
    mark(
        Parked,
        "Caddy's welcome page",
        2,
        &[
            Title("caddy works!"),
            Body("congratulations"),
            Body("caddyserver.com"),
        ],
    ),
    mark(
        Parked,
        "a control panel's default page",
        2,
        &[
            Title("default web site page"),
            Title("default plesk page"),
            Title("domain default page"),
            Body("cpanel"),
            Body("plesk"),
        ],
    ),
];
