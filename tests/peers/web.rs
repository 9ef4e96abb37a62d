//! nginx: one portal that is right, and one that is wrong in every way that nginx allows.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::certificates::{ENDED, Pki, YOUNG};
use super::process::{Server, listens};

/// Writes pages, certificates and configuration below `folder`, and starts nginx.
pub fn start(folder: &Path, pki: &Pki) -> Server {
    pki.leaf(
        folder,
        "good",
        &["good.example", "www.good.example", "portal.good.example"],
        YOUNG,
        true,
    );
    pki.leaf(
        folder,
        "bad",
        &["bad.example", "www.bad.example", "old.bad.example"],
        YOUNG,
        true,
    );
    pki.leaf(folder, "expired", &["expired.bad.example"], ENDED, true);
    pki.leaf(folder, "leafonly", &["leafonly.bad.example"], YOUNG, false);
    pki.leaf(folder, "wrongname", &["elsewhere.example"], YOUNG, true);
    let site = folder.join("bad-site");
    fs::create_dir_all(&site).unwrap();
    fs::write(site.join("index.html"), BAD_PAGE).unwrap();
    fs::write(
        site.join(".env"),
        "APP_ENV=production\nDB_PASSWORD=hunter2hunter2\nMAIL_HOST=mail.bad.example\n",
    )
    .unwrap();
    fs::write(site.join("app"), "<html><title>Invoices</title><table><tr><td>Invoice 1</td><td>Ada</td></tr></table></html>").unwrap();
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration(folder)).unwrap();
    Server::start(
        "nginx",
        Command::new("/usr/sbin/nginx")
            .arg("-c")
            .arg(&file)
            .arg("-p")
            .arg(folder),
    )
    .wait(|| listens("127.0.9.80:443") && listens("127.0.9.81:443"))
}

const BAD_PAGE: &str = r#"<!doctype html><html><head><title>Bad portal</title><meta name="robots" content="noindex">
<script src="http://www.bad.example/app.js"></script></head><body><img src="http://www.bad.example/logo.png">
<h1>Welcome to the bad portal</h1><p>Invoices, tickets and files of our clients.</p></body></html>"#;

fn configuration(folder: &Path) -> String {
    let home = folder.display();
    let tls = |name: &str| {
        format!("ssl_certificate {home}/{name}.crt; ssl_certificate_key {home}/{name}.key;")
    };
    let strict = "add_header Strict-Transport-Security \"max-age=31536000\" always; \
                  add_header X-Content-Type-Options nosniff always; add_header X-Frame-Options DENY always;";
    let page = "<!doctype html><html><head><title>Good portal</title></head><body><h1>Good portal</h1><p>Welcome.</p></body></html>";
    let mut servers = format!(
        "server {{ listen 127.0.9.80:80; server_name _; return 301 https://$host$request_uri; }}\n\
         server {{ listen 127.0.9.80:443 ssl http2; server_name good.example; {good} {strict} return 301 https://www.good.example$request_uri; }}\n\
         server {{ listen 127.0.9.80:443 ssl http2; server_name www.good.example; {good} {strict} default_type text/html; \
           location = / {{ {strict} return 200 '{page}'; }} location / {{ {strict} return 404 'no such page'; }} }}\n\
         server {{ listen 127.0.9.80:443 ssl http2; server_name portal.good.example; {good} {strict} default_type text/html; \
           location = / {{ {strict} return 200 '{page}'; }} location = /app {{ {strict} return 401 'sign in first'; }} \
           location / {{ {strict} return 404 'no such page'; }} }}\n",
        good = tls("good"),
    );
    for name in ["expired", "leafonly", "wrongname"] {
        servers.push_str(&format!(
            "server {{ listen 127.0.9.81:443 ssl; server_name {name}.bad.example; {} return 200 'x'; }}\n",
            tls(name)
        ));
    }
    servers.push_str(&format!(
        "server {{ listen 127.0.9.81:80 default_server; server_name _; root {home}/bad-site; }}\n\
         server {{ listen 127.0.9.81:443 ssl default_server; server_name bad.example www.bad.example old.bad.example; {} \
           ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0; root {home}/bad-site; default_type text/html; \
           location / {{ try_files $uri $uri/ =404; }} }}\n",
        tls("bad"),
    ));
    format!(
        "daemon off;\nworker_processes 1;\npid {home}/nginx.pid;\nerror_log {home}/nginx.log;\nuser root;\n\
         events {{ worker_connections 256; }}\n\
         http {{ access_log off; client_body_temp_path {home}/t1; proxy_temp_path {home}/t2; fastcgi_temp_path {home}/t3; \
         uwsgi_temp_path {home}/t4; scgi_temp_path {home}/t5; include /etc/nginx/mime.types;\n{servers}}}\n"
    )
}
