//! Requests to the provider: by HTTPS with certificates that are checked, within a time, and
//! no answer larger than it need be. Redirections are not followed.

use crate::office::refuse;
use anyhow::{Context, Result};
use axum::body::{Body, to_bytes};
use axum::http::{self, uri::Scheme};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of an answer.
const ANSWER_MAX: usize = 1024 * 1024;

/// Asks the provider.
#[derive(Clone)]
pub struct Client {
    inner: legacy::Client<HttpsConnector<HttpConnector>, Body>,
    plain: bool,
    wait: Duration,
}

/// Why nothing came back; says no address and nothing that was sent.
#[derive(Debug, thiserror::Error)]
pub enum ClientFailure {
    #[error("the address is not https")]
    Plain,
    #[error("no answer within the time")]
    TimedOut,
    #[error("no connection: {0}")]
    Unreachable(#[source] legacy::Error),
    #[error("the answer broke off or is too large")]
    Broken,
}

impl Client {
    /// A client that trusts these certificates alone, or, where none are named, the system's.
    pub fn new(
        certificates: Option<(String, Vec<u8>)>,
        plain: bool,
        wait: Duration,
    ) -> Result<Client> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .context("TLS 不能使用")?;
        let tls = match certificates {
            Some((name, pem)) => tls.with_root_certificates(roots(&name, &pem)?),
            // Whoever speaks no HTTPS needs no certificates on the machine.
            None if plain => match tls.clone().with_native_roots() {
                Ok(tls) => tls,
                Err(_) => tls.with_root_certificates(RootCertStore::empty()),
            },
            None => match tls.with_native_roots() {
                Ok(tls) => tls,
                Err(_) => {
                    return refuse(
                        "本机没有可用的根证书，无法核对统一身份认证：请在系统中安装，或在 [oidc] 用 certificates 指明证书文件",
                    );
                }
            },
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls.with_no_client_auth())
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Client {
            inner: legacy::Client::builder(TokioExecutor::new()).build(connector),
            plain,
            wait,
        })
    }

    /// Whether an address may be gone to.
    pub fn allows(&self, scheme: &str) -> bool {
        scheme == "https" || (self.plain && scheme == "http")
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, ClientFailure> {
        if !self.allows(request.uri().scheme().map_or("", Scheme::as_str)) {
            return Err(ClientFailure::Plain);
        }
        let answered = async {
            let asked = self.inner.request(request.map(Body::from)).await;
            let (head, body) = asked.map_err(ClientFailure::Unreachable)?.into_parts();
            let body = to_bytes(Body::new(body), ANSWER_MAX).await;
            let body = body.map_err(|_| ClientFailure::Broken)?;
            Ok(http::Response::from_parts(head, body.to_vec()))
        };
        match tokio::time::timeout(self.wait, answered).await {
            Ok(answer) => answer,
            Err(_) => Err(ClientFailure::TimedOut),
        }
    }
}

fn roots(name: &str, pem: &[u8]) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.ok();
        let added = certificate.map(|certificate| roots.add(certificate));
        if added.is_none_or(|added| added.is_err()) {
            return refuse(format!("证书文件“{name}”中有读不出的证书"));
        }
    }
    match roots.is_empty() {
        true => refuse(format!("证书文件“{name}”中没有证书，请给出 PEM 格式")),
        false => Ok(roots),
    }
}

impl<'c> AsyncHttpClient<'c> for Client {
    type Error = ClientFailure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, ClientFailure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
