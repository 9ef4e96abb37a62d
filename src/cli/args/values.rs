//! Values with a form of their own.

use std::net::{IpAddr, SocketAddr};

/// `IP` or `IP:PORT`, port 53 when none is given.
pub fn resolver(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    text.trim_matches(['[', ']'])
        .parse::<IpAddr>()
        .map(|ip| SocketAddr::new(ip, 53))
        .map_err(|_| "write an address like 1.1.1.1, 127.0.0.1:5353 or [::1]:53".to_owned())
}

/// `IP:PORT=IP:PORT`.
pub fn reroute(text: &str) -> Result<(SocketAddr, SocketAddr), String> {
    let wrong = || "write two socket addresses: 203.0.113.10:443=127.0.0.1:8443".to_owned();
    let (from, to) = text.split_once('=').ok_or_else(wrong)?;
    Ok((
        from.parse().map_err(|_| wrong())?,
        to.parse().map_err(|_| wrong())?,
    ))
}

/// `30s`, `5m`, `2h`, or seconds.
pub fn duration(text: &str) -> Result<std::time::Duration, String> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("write a number and s, m or h: 30s, 5m, 2h".to_owned()),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| "write a number and s, m or h: 30s, 5m, 2h".to_owned())?;
    Ok(std::time::Duration::from_secs(
        number.saturating_mul(factor),
    ))
}
