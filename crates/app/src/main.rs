//! `shenggui`: the program as people start it. It reads the command line, lets one noun
//! answer, and shows the answer.

mod api;
mod backup;
mod bench;
mod bulletins;
mod chart;
mod cli;
mod deliveries;
mod demo;
mod documents;
mod exchange;
mod extent;
mod grounds;
mod help;
mod jobs;
mod journal;
mod kept;
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
mod web;
mod workbook;

use cli::{Cli, Command};
use office::{Office, Refused};
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
    let answered = runtime.block_on(answer(&cli));
    // What still computes for a job that was given back is no longer wanted.
    runtime.shutdown_background();
    match answered {
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
        Command::Pack(command) if command.needs_office() => {
            pack::attach::command(&office::open(&cli.data, pack).await?, command).await
        }
        Command::Pack(command) => pack::command(pack, command),
        Command::Api(cli::ApiCommand::Document) => api::document::command(),
        Command::Restore(arguments) => {
            let office = office::read_pack(office::pack_files(pack, None)?)?.office;
            backup::restore(&cli.data, arguments, &office.agency).await
        }
        Command::Outlook(cli::OutlookCommand::Forecast(arguments)) => {
            outlook::forecast::command(arguments)
        }
        Command::Measures(command) => measures::command(&cli.data, pack, command).await,
        Command::Serve(arguments) if arguments.routes => Ok(web::list_routes()),
        Command::Demo(arguments) => demo::command(&cli.data, pack, arguments).await,
        Command::Bench(command) => bench::command(&cli.data, pack, command).await,
        command => {
            let office = office::open(&cli.data, pack).await?;
            answer_from(office, command, cli.json).await
        }
    }
}

/// Commands that work with an existing data folder.
async fn answer_from(office: Office, command: &Command, quiet: bool) -> anyhow::Result<Report> {
    let office = &office;
    match command {
        Command::Import(arguments) => deliveries::command(office, arguments, quiet).await,
        Command::Indicators(cli::IndicatorsCommand::Batches) => deliveries::list(office).await,
        Command::Indicators(cli::IndicatorsCommand::Batch { id }) => {
            deliveries::show(office, *id).await
        }
        Command::Run(arguments) => outlook::command(office, arguments, quiet).await,
        Command::Outlook(command) => outlook::answer(office, command, quiet).await,
        Command::Pool(command) => pool::command(office, command).await,
        Command::Exchange(command) => exchange::command(office, command).await,
        Command::Firm(arguments) => outlook::firm::command(office, arguments).await,
        Command::Targets(command) => targets::command(office, command).await,
        Command::Bulletin(arguments) => bulletins::command(office, arguments).await,
        Command::Register(command) => register::command(office, command).await,
        Command::People { command: None } => Ok(people::list(office)),
        Command::People {
            command: Some(command),
        } => people::operator::command(office, command).await,
        Command::Journal(command) => journal::command(office, command).await,
        Command::Backup(arguments) => backup::command(office, arguments).await,
        Command::Jobs(arguments) => jobs::answer::command(office, arguments).await,
        Command::Work(arguments) => jobs::answer::work(office, arguments).await,
        Command::Serve(arguments) => {
            let mut config = web::config::read(arguments.config.as_deref(), &office.folder)?;
            if let Some(port) = arguments.port {
                config.listen.set_port(port);
            }
            web::serve(office.clone(), config, announce).await?;
            Ok(Report::new("已停止"))
        }
        Command::Init
        | Command::Pack(_)
        | Command::Api(_)
        | Command::Restore(_)
        | Command::Measures(_)
        | Command::Demo(_)
        | Command::Bench(_) => unreachable!("answered before the data folder is opened"),
    }
}
