//! The command line library speaks English; its help and its complaints in the
//! reader's language.

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::process::ExitCode;

/// Reads the command line; help and complaints are shown here.
///
/// # Errors
/// The exit code: 0 after help, 2 after a complaint.
pub fn read<T: Parser>() -> Result<T, ExitCode> {
    T::try_parse().map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let page = in_chinese(&error.render().to_string());
            if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                eprint!("{page}");
                return ExitCode::from(2);
            }
            print!("{page}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{}", complaint(&error));
            ExitCode::from(2)
        }
    })
}

/// The fixed words of a help page.
fn in_chinese(help: &str) -> String {
    const WORDS: [(&str, &str); 11] = [
        ("Usage: ", "用法："),
        ("Commands:", "命令："),
        ("Arguments:", "参数："),
        ("Options:", "选项："),
        ("[OPTIONS]", "[选项]"),
        ("<COMMAND>", "<命令>"),
        ("[COMMAND]", "[命令]"),
        ("Print help", "显示帮助"),
        ("Print version", "显示版本"),
        ("[default: ", "[默认："),
        ("[env: ", "[环境变量："),
    ];
    let mut text = help.to_string();
    for (english, chinese) in WORDS {
        text = text.replace(english, chinese);
    }
    text
}

/// How a value is written, told by its name in the usage.
fn expected(argument: &str) -> &'static str {
    if argument.contains("<日期>") {
        return "请写成 2026-09-30";
    }
    let numbers = [
        "<批次>",
        "<任务>",
        "<项数>",
        "<秒数>",
        "<家数>",
        "<年份>",
        "<端口>",
        "<快照>",
        "<序号>",
        "<代码>",
        "<数>",
        "<岗位号>",
        "<条数>",
        "<条>",
    ];
    match numbers.iter().any(|name| argument.contains(name)) {
        true => "请写数字",
        false => "",
    }
}

fn complaint(error: &clap::Error) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let argument = context(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("缺少：{argument}"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = context(ContextKind::InvalidValue);
            let reason = std::error::Error::source(error).map(ToString::to_string);
            let reason = reason.filter(|text| !text.is_ascii());
            let reason = reason.unwrap_or_else(|| expected(&argument).to_string());
            let reason = if reason.is_empty() {
                String::new()
            } else {
                format!("：{reason}")
            };
            if value.is_empty() {
                format!("{argument} 后面要写内容")
            } else {
                format!("{argument} 不能写“{value}”{reason}")
            }
        }
        ErrorKind::UnknownArgument => format!("没有“{argument}”这个选项"),
        ErrorKind::InvalidSubcommand => {
            format!("没有“{}”这个命令", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => "要写明子命令".to_string(),
        ErrorKind::ArgumentConflict => {
            format!(
                "{argument} 不能与 {} 同时使用",
                context(ContextKind::PriorArg)
            )
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} 的内容个数不对")
        }
        ErrorKind::TooFewValues | ErrorKind::NoEquals => format!("{argument} 的内容不全"),
        _ => "用法有误".to_string(),
    };
    let usage = in_chinese(&context(ContextKind::Usage));
    let usage = if usage.is_empty() {
        String::new()
    } else {
        format!("\n{usage}")
    };
    format!("{what}。{usage}\n详细用法见 --help")
}
