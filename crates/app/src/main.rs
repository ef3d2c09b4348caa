//! `shenggui`: the program as people start it. It reads the command line, lets one noun
//! answer, and shows the answer.

mod bench;
mod bulletins;
mod cli;
mod deliveries;
mod demo;
mod documents;
mod help;
mod measures;
mod office;
mod outlook;
mod pack;
mod page;
mod people;
mod plan;
mod pool;
mod reader;
mod register;
mod report;
mod settings;
mod sheets;
mod sight;
mod targets;

use cli::{Cli, Command};
use office::Refused;
use report::Report;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match help::read::<Cli>() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the machine can start threads");
    match runtime.block_on(answer(&cli)) {
        Ok(report) => {
            show(&cli, &report);
            bench::tell_peak_memory();
            ExitCode::SUCCESS
        }
        Err(error) => {
            let reasons: Vec<String> = error.chain().map(ToString::to_string).collect();
            let text = reasons.join("：");
            if error.downcast_ref::<Refused>().is_some() {
                eprintln!("{text}");
            } else {
                eprintln!("没有办成：{text}");
            }
            ExitCode::from(1)
        }
    }
}

fn show(cli: &Cli, report: &Report) {
    use std::io::Write;
    let text = if cli.json {
        let json = serde_json::to_string_pretty(&report.json());
        json.expect("a report has only plain values") + "\n"
    } else {
        report.text()
    };
    // A reader that closed the pipe has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Tells where the page can be opened.
fn announce(address: std::net::SocketAddr) {
    eprintln!("首页：http://{address}/　按 Ctrl-C 停止");
}

async fn answer(cli: &Cli) -> anyhow::Result<Report> {
    let pack = &cli.source;
    match &cli.command {
        Command::Init => {
            let office = office::make(&cli.data, pack).await?;
            let report = Report::new(format!("数据目录已建立：{}", office.folder.display()));
            Ok(report.note("下一步：shenggui import … 导入各部门交付的数据"))
        }
        Command::Import(arguments) => {
            let office = office::open(&cli.data, pack).await?;
            deliveries::command(&office, arguments, cli.json).await
        }
        Command::Indicators(command) => {
            let office = office::open(&cli.data, pack).await?;
            match command {
                cli::IndicatorsCommand::Batches => deliveries::list(&office).await,
                cli::IndicatorsCommand::Batch { id } => deliveries::show(&office, *id).await,
            }
        }
        Command::Run(arguments) => {
            let office = office::open(&cli.data, pack).await?;
            outlook::command(&office, arguments, cli.json).await
        }
        Command::Outlook(command) => {
            let office = office::open(&cli.data, pack).await?;
            match command {
                cli::OutlookCommand::Snapshots => outlook::snapshots(&office).await,
                cli::OutlookCommand::Stages { as_of } => outlook::stages(&office, *as_of).await,
            }
        }
        Command::Measures(command) => measures::command(&cli.data, pack, command).await,
        Command::Pool(command) => {
            let office = office::open(&cli.data, pack).await?;
            pool::command(&office, command).await
        }
        Command::Firm(arguments) => {
            let office = office::open(&cli.data, pack).await?;
            outlook::firm::command(&office, arguments).await
        }
        Command::Targets(command) => {
            let office = office::open(&cli.data, pack).await?;
            targets::command(&office, command).await
        }
        Command::Bulletin(arguments) => {
            let office = office::open(&cli.data, pack).await?;
            bulletins::command(&office, arguments).await
        }
        Command::Pack(cli::PackCommand::Check { folder }) => {
            let mut source = pack.clone();
            source.pack = folder.clone().or(source.pack);
            pack::check(&source)
        }
        Command::Register(command) => {
            let office = office::open(&cli.data, pack).await?;
            register::command(&office, command).await
        }
        Command::People => {
            let office = office::open(&cli.data, pack).await?;
            Ok(people::list(&office))
        }
        Command::Journal(cli::JournalCommand::Verify) => {
            let office = office::open(&cli.data, pack).await?;
            people::verify_journal(&office).await
        }
        Command::Serve(arguments) => {
            let office = office::open(&cli.data, pack).await?;
            plan::web::serve(office, arguments.port, announce).await?;
            Ok(Report::new("已停止"))
        }
        Command::Demo(arguments) => demo::command(&cli.data, pack, arguments).await,
        Command::Bench(command) => bench::command(&cli.data, pack, command).await,
    }
}
