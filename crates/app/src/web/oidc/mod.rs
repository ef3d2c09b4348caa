//! The provider of identities as OpenID Connect has it: where it sends browsers, what it says
//! of them, and how that is proved.
//!
//! It knows the protocol and no account; who is let in is decided by `people::sign_on`.

mod client;
mod settings;
mod trouble;

pub use settings::{CALLBACK, Settings, read};
pub use trouble::Trouble;

use chrono::{TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenVerifier,
    CoreJwsSigningAlgorithm as Algorithm, CoreProviderMetadata,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, SignatureVerificationError,
    TokenResponse,
};
use programme::people::sessions::Means;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What the provider says of itself is asked for again after so long.
const KNOWN: Duration = Duration::from_secs(300);
/// That it did not answer is believed for so long: whoever waits need not wait in line.
const SILENT: Duration = Duration::from_secs(3);
/// Clocks may differ by so many seconds.
const CLOCKS_DIFFER: i64 = 60;
/// How tokens may be signed: with keys of which this program knows the public half alone.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// The provider of this installation.
pub struct Provider {
    settings: Settings,
    known: Mutex<Option<Known>>,
}

/// What was heard of the provider, and when.
struct Known {
    heard: Result<Arc<CoreProviderMetadata>, Trouble>,
    at: Instant,
}

/// What a browser takes along to the provider, and must bring back.
pub struct Passage<'a> {
    pub state: &'a str,
    pub nonce: &'a str,
    pub verifier: &'a str,
}

impl fmt::Debug for Provider {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.debug_struct("Provider")
            .field("issuer", &self.settings.issuer)
            .field("client_id", &self.settings.client_id)
            .finish_non_exhaustive()
    }
}

impl Provider {
    pub fn new(settings: Settings) -> Provider {
        Provider {
            settings,
            known: Mutex::new(None),
        }
    }

    pub fn name(&self) -> &str {
        &self.settings.name
    }

    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// What signing in there is worth.
    pub fn means(&self) -> Means {
        match self.settings.factor {
            true => Means::ProviderWithFactor,
            false => Means::Provider,
        }
    }

    /// Where a browser is sent to sign in.
    pub async fn address(&self, passage: Passage<'_>) -> Result<String, Trouble> {
        let metadata = self.metadata(KNOWN).await?;
        let scheme = metadata.authorization_endpoint().url().scheme();
        if !self.settings.client.allows(scheme) {
            return Err(Trouble::Unfit("authorization endpoint without https"));
        }
        let (state, nonce) = (passage.state.to_string(), passage.nonce.to_string());
        let verifier = PkceCodeVerifier::new(passage.verifier.to_string());
        let (address, _, _) = CoreClient::from_provider_metadata(
            CoreProviderMetadata::clone(&metadata),
            ClientId::new(self.settings.client_id.clone()),
            None,
        )
        .set_redirect_uri(self.callback()?)
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new(state),
            || Nonce::new(nonce),
        )
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
        Ok(address.into())
    }

    /// Who the provider says has signed in, for the code that a browser brought back.
    pub async fn subject(&self, code: String, passage: Passage<'_>) -> Result<String, Trouble> {
        let metadata = self.metadata(KNOWN).await?;
        let token = self.token(&metadata, code, passage.verifier).await?;
        let nonce = Nonce::new(passage.nonce.to_string());
        let subject = match self.proved(&metadata, &token, &nonce) {
            // It may sign with a new key since it was last asked. Nobody else can make this
            // program ask again: the token came from the provider itself.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                let metadata = self.metadata(Duration::ZERO).await?;
                self.proved(&metadata, &token, &nonce)
            }
            proved => proved,
        };
        subject.map_err(|error| Trouble::of_claims(&error))
    }

    /// The code's token.
    async fn token(
        &self,
        metadata: &CoreProviderMetadata,
        code: String,
        verifier: &str,
    ) -> Result<CoreIdToken, Trouble> {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
        // Where nothing is said the standard means the head of the request.
        let in_body = takes(CoreClientAuthMethod::ClientSecretPost)
            && !takes(CoreClientAuthMethod::ClientSecretBasic);
        let client = CoreClient::from_provider_metadata(
            metadata.clone(),
            ClientId::new(self.settings.client_id.clone()),
            Some(ClientSecret::new(self.settings.secret.reveal().to_string())),
        )
        .set_auth_type(match in_body {
            true => AuthType::RequestBody,
            false => AuthType::BasicAuth,
        })
        .set_redirect_uri(self.callback()?);
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| Trouble::Unfit("no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_string()));
        let answer = request.request_async(&self.settings.client).await;
        let answer = answer.map_err(|error| Trouble::of_token(&error))?;
        let token = answer.id_token().cloned();
        token.ok_or(Trouble::Unfit("no id token in the answer"))
    }

    /// The subject of a token whose signature and claims hold.
    fn proved(
        &self,
        metadata: &CoreProviderMetadata,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<String, ClaimsVerificationError> {
        let differ = TimeDelta::seconds(CLOCKS_DIFFER);
        let verifier = CoreIdTokenVerifier::new_public_client(
            ClientId::new(self.settings.client_id.clone()),
            metadata.issuer().clone(),
            metadata.jwks().clone(),
        )
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || Utc::now() - differ)
        .set_issue_time_verifier_fn(move |issued| match issued <= Utc::now() + differ {
            true => Ok(()),
            false => Err("issued in the future".to_string()),
        });
        let claims = token.claims(&verifier, nonce)?;
        Ok(claims.subject().to_string())
    }

    fn callback(&self) -> Result<RedirectUrl, Trouble> {
        let callback = RedirectUrl::new(self.settings.callback.clone());
        callback.map_err(|_| Trouble::Unfit("callback is no address"))
    }

    /// What the provider says of itself, not older than this.
    async fn metadata(&self, age: Duration) -> Result<Arc<CoreProviderMetadata>, Trouble> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref() {
            let age = if known.heard.is_ok() { age } else { SILENT };
            if known.at.elapsed() < age {
                return known.heard.clone();
            }
        }
        let heard = match IssuerUrl::new(self.settings.issuer.clone()) {
            Err(_) => Err(Trouble::Unfit("issuer is no address")),
            Ok(issuer) => {
                let client = &self.settings.client;
                let found = CoreProviderMetadata::discover_async(issuer, client).await;
                found
                    .map(Arc::new)
                    .map_err(|error| Trouble::of_discovery(&error))
            }
        };
        let at = Instant::now();
        known.insert(Known { heard, at }).heard.clone()
    }
}
