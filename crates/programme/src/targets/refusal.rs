//! Why something cannot be done with a year's targets now, and what to do next.

use super::allocation::AllocationRefusal;
use super::records::TargetScope;
use rules::pack::divisions::DivisionCode;

/// A refusal, in the words that people read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetRefusal {
    #[error("没有代码为{0:06}的省辖市；请用区划表中的代码")]
    NoDivision(DivisionCode),
    #[error("目标分解到县（市、区）为止，{0}的目标不再向下分解")]
    BelowCounty(String),
    #[error("{0}没有下辖的县（市、区），目标不需要分解")]
    NoCounties(String),
    #[error("{actor}不能办理{scope}；省级目标由省级部门办理，县级目标由所在市办理")]
    NotCompetent { actor: String, scope: TargetScope },
    #[error("{scope}已由《{document}》下达，不再测算；各市可据此分解到县（市、区）")]
    IssuedByPack {
        scope: TargetScope,
        document: String,
    },
    #[error("省里还没有下达{0}，不能分解到县；请待省级目标下达后再测算")]
    NoAreaTarget(TargetScope),
    #[error("{scope}为{issued}家，分解总数{total}家与其不符；请按{issued}家重新测算：{}", scope.command("measure"))]
    NotTheAreaTarget {
        scope: TargetScope,
        issued: u32,
        total: u32,
    },
    #[error(transparent)]
    Allocation(#[from] AllocationRefusal),
    #[error("测算{scope}的基数与区划不符：{places}；请核对后重新测算")]
    OtherDivisions { scope: TargetScope, places: String },
    #[error("{0}还没有测算；请先 {next}", next = .0.command("measure"))]
    NotMeasured(TargetScope),
    #[error("{0}还没有会商，不能报批；请先 {next}", next = .0.command("consult"))]
    NotConsulted(TargetScope),
    #[error("{0}还没有批准，不能下达；请先 {next}", next = .0.command("approve"))]
    NotApproved(TargetScope),
    #[error("{scope}第{edition}次测算已经批准，不能再改；请下达（{}），或重新测算（{}）", scope.command("issue"), scope.command("measure"))]
    Approved { scope: TargetScope, edition: u32 },
    #[error("{scope}第{edition}次测算已以{document}下达；如需调整，请重新测算：{}", scope.command("measure"))]
    Issued {
        scope: TargetScope,
        edition: u32,
        document: String,
    },
    #[error("调整目标要写明理由（--reason）")]
    NoReason,
    #[error("会商要写明意见（--opinion）")]
    NoOpinion,
    #[error("会商要有其他单位的意见；测算单位自己的意见不算会商，请用 --with 写明会商单位")]
    OwnOpinion,
    #[error("批准要写明批准机关和依据（--note）")]
    NoApproval,
    #[error("下达目标要写明文号（--document）")]
    NoDocument,
    #[error("没有要调整的目标；请至少写一个与现有数不同的数")]
    NothingAdjusted,
    #[error("调整中{0}出现两次；请只保留一个")]
    AdjustedTwice(String),
    #[error("{name}的目标{count}不是{unit}的整数倍；请按{unit}家为单位调整")]
    NotInUnits { name: String, count: u32, unit: u32 },
    #[error("调整后合计{sum}家，应仍为{total}家；请同时调整其他地区，使合计不变")]
    OtherSum { sum: u64, total: u64 },
}
