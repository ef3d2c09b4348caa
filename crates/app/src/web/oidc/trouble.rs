//! What goes wrong with the provider: in words for the person who wanted in, for the journal,
//! and for the log. None of them holds a code, a token or a secret.

use super::client::ClientFailure;
use openidconnect::core::{CoreErrorResponseType, CoreRequestTokenError};
use openidconnect::{ClaimsVerificationError, DiscoveryError, RequestTokenError};
use std::error::Error;

/// The log has the cause behind the failure too: often a certificate that is not trusted.
fn unreached(failure: &ClientFailure) -> Trouble {
    let mut cause: &dyn Error = failure;
    while let Some(behind) = cause.source() {
        cause = behind;
    }
    let cause = cause.to_string();
    tracing::warn!(%failure, cause, "the provider of identities was not reached");
    Trouble::Unreachable
}

/// Why the provider's word was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("统一身份认证没有应答，请稍后再试；急用可以输账号和密码登录")]
    Unreachable,
    /// It is not what the configuration says, or says what this program cannot use.
    #[error("统一身份认证的答复与本系统的配置不符，没有登录。请告知系统管理员核对单点登录的配置")]
    Unfit(&'static str),
    #[error(
        "统一身份认证不接受本系统的请求，没有登录。请告知系统管理员核对客户端标识、密钥和回调地址"
    )]
    ClientRefused,
    #[error("统一身份认证的授权码已失效或者已经用过，请重新登录")]
    CodeRefused,
    #[error(
        "您在统一身份认证中没有同意登录，或者没有登录本系统的权限。需要时请重新登录，或向统一身份认证的管理部门申请"
    )]
    AccessDenied,
    #[error(
        "统一身份认证答复的签名没有通过核对，没有登录。请重新登录；仍然如此的，请告知系统管理员"
    )]
    Signature,
    #[error(
        "统一身份认证的答复不是发给本系统的，没有登录。请重新登录；仍然如此的，请告知系统管理员"
    )]
    Audience,
    #[error("统一身份认证的答复不属于这一次登录，没有登录。请重新登录")]
    Nonce,
    #[error(
        "统一身份认证的答复已经过期，或者两边的时间相差过大，没有登录。请重新登录；仍然如此的，请系统管理员校对服务器时间"
    )]
    Clock,
}

impl Trouble {
    /// In a few words for the journal.
    pub fn in_short(self) -> &'static str {
        match self {
            Trouble::Unreachable => "认证方没有应答",
            Trouble::Unfit(_) => "认证方与配置不符",
            Trouble::ClientRefused => "认证方不接受本系统",
            Trouble::CodeRefused => "授权码失效",
            Trouble::AccessDenied => "认证方未予许可",
            Trouble::Signature => "签名不符",
            Trouble::Audience => "答复不是发给本系统的",
            Trouble::Nonce => "答复不属于这次登录",
            Trouble::Clock => "答复过期或时间不符",
        }
    }

    /// Whether somebody tries what nobody does by accident: it counts as a failure of the
    /// address. That the provider is down or says no is nobody's failure.
    pub fn is_suspicious(self) -> bool {
        matches!(
            self,
            Trouble::Signature | Trouble::Audience | Trouble::Nonce
        )
    }

    /// What an error stands for that the provider sent along with the browser.
    pub fn of_answer(error: &str) -> Trouble {
        match error {
            "access_denied"
            | "login_required"
            | "consent_required"
            | "interaction_required"
            | "account_selection_required" => Trouble::AccessDenied,
            "server_error" | "temporarily_unavailable" => Trouble::Unreachable,
            _ => Trouble::ClientRefused,
        }
    }

    pub(super) fn of_discovery(error: &DiscoveryError<ClientFailure>) -> Trouble {
        let trouble = match error {
            DiscoveryError::Request(ClientFailure::Plain) => {
                Trouble::Unfit("address without https")
            }
            DiscoveryError::Request(failure) => {
                return unreached(failure);
            }
            DiscoveryError::Response(status, ..) if status.is_server_error() => {
                Trouble::Unreachable
            }
            DiscoveryError::Response(..) => Trouble::Unfit("no metadata at the issuer"),
            DiscoveryError::Validation(_) => Trouble::Unfit("issuer differs"),
            _ => Trouble::Unfit("metadata cannot be read"),
        };
        trouble.logged("discovery")
    }

    pub(super) fn of_token(error: &CoreRequestTokenError<ClientFailure>) -> Trouble {
        let trouble = match error {
            RequestTokenError::ServerResponse(answer) => match answer.error() {
                CoreErrorResponseType::InvalidGrant => Trouble::CodeRefused,
                _ => Trouble::ClientRefused,
            },
            RequestTokenError::Request(ClientFailure::Plain) => {
                Trouble::Unfit("token endpoint without https")
            }
            RequestTokenError::Request(failure) => {
                return unreached(failure);
            }
            RequestTokenError::Parse(..) => Trouble::Unfit("the token's answer cannot be read"),
            RequestTokenError::Other(_) => Trouble::Unreachable,
        };
        trouble.logged("token")
    }

    pub(super) fn of_claims(error: &ClaimsVerificationError) -> Trouble {
        let trouble = match error {
            ClaimsVerificationError::Expired(_) => Trouble::Clock,
            ClaimsVerificationError::InvalidNonce(_) => Trouble::Nonce,
            ClaimsVerificationError::InvalidAudience(_)
            | ClaimsVerificationError::InvalidIssuer(_) => Trouble::Audience,
            ClaimsVerificationError::SignatureVerification(_) => Trouble::Signature,
            _ => Trouble::Unfit("the token has a form that is not read here"),
        };
        trouble.logged("claims")
    }

    fn logged(self, step: &str) -> Trouble {
        tracing::warn!(step, trouble = ?self, "the provider's word was not taken");
        self
    }
}
