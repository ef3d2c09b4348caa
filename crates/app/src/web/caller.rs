//! Where a request comes from: the address that limits are kept for, and the browser.

use super::config::Config;
use axum::http::{HeaderMap, header};
use std::net::{IpAddr, SocketAddr};

/// Symbols of a browser's name that are kept.
const BROWSER_MAX: usize = 200;

/// The address of whoever asks. Behind a proxy it is the last one that the proxy wrote; what
/// stands before that, anybody may have written.
pub fn address(config: &Config, headers: &HeaderMap, peer: SocketAddr) -> String {
    let written = headers.get_all("x-forwarded-for").iter().next_back();
    let written = written.and_then(|value| value.to_str().ok());
    let last = written.and_then(|text| text.rsplit(',').next()?.trim().parse().ok());
    let ip: IpAddr = match config.behind_proxy {
        true => last.unwrap_or(peer.ip()),
        false => peer.ip(),
    };
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        // One household has 2^64 of these addresses.
        IpAddr::V6(ip) if !ip.is_loopback() => {
            let [first, second, third, fourth, ..] = ip.segments();
            format!("{first:x}:{second:x}:{third:x}:{fourth:x}::/64")
        }
        ip => ip.to_string(),
    }
}

/// What the browser calls itself.
pub fn browser(headers: &HeaderMap) -> String {
    let text = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    text.unwrap_or_default().chars().take(BROWSER_MAX).collect()
}

/// A browser in a word or two, as people know it.
pub fn browser_in_words(browser: &str) -> String {
    let kinds = [
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("Firefox", "火狐"),
        ("Chrome", "Chrome 内核"),
        ("Safari", "Safari"),
    ];
    let systems = [
        ("Android", "安卓"),
        ("iPhone", "iPhone"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(mark, _)| browser.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (find(&kinds), find(&systems)) {
        (Some(kind), Some(system)) => format!("{kind}，{system}"),
        (Some(one), None) | (None, Some(one)) => one.to_string(),
        (None, None) => "其他程序".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_proxys_own_word_is_believed() {
        let v4: SocketAddr = "10.1.2.3:5000".parse().expect("an address");
        let v6: SocketAddr = "[2001:db8:1:2:3:4:5:6]:5000".parse().expect("an address");
        for (behind_proxy, peer, written, expected) in [
            (false, v4, "", "10.1.2.3"),
            (false, v4, "1.1.1.1", "10.1.2.3"),
            (true, v4, "", "10.1.2.3"),
            (true, v4, "1.1.1.1, 2.2.2.2", "2.2.2.2"),
            (true, v4, "2.2.2.2, nonsense", "10.1.2.3"),
            (true, v4, "::ffff:2.2.2.2", "2.2.2.2"),
            (false, v6, "", "2001:db8:1:2::/64"),
        ] {
            let config = Config {
                behind_proxy,
                ..Config::default()
            };
            let mut headers = HeaderMap::new();
            if !written.is_empty() {
                let value = written.parse().expect("a header");
                headers.insert("x-forwarded-for", value);
            }
            let found = address(&config, &headers, peer);
            assert_eq!(found, expected, "{behind_proxy} {peer} {written}");
        }
    }
}
