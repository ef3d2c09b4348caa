//! A connection that is kept and asked again and again, as browsers do.

use super::served::{Reply, Visit, joined};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

pub struct Line {
    visit: Visit,
    stream: BufReader<TcpStream>,
}

impl Line {
    pub fn new(visit: &Visit) -> Line {
        Line {
            stream: BufReader::new(visit.connect()),
            visit: visit.clone(),
        }
    }

    pub fn get(&mut self, path: &str) -> Reply {
        let mut head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n", self.visit.host());
        if let Some(cookie) = self.visit.cookie() {
            head.push_str(&format!("Cookie: {cookie}\r\n"));
        }
        head.push_str("Accept: application/json\r\n\r\n");
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes()).expect("asked");
        self.read()
    }

    fn read(&mut self) -> Reply {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            let count = self.stream.read_line(&mut line).expect("a line");
            assert!(count > 0, "the connection was closed: {head}");
            if line == "\r\n" {
                break;
            }
            head.push_str(&line);
        }
        let status = head[9..12].parse().expect("a code");
        let mut reply = Reply {
            status,
            head,
            body: Vec::new(),
        };
        let length = reply.header("content-length").map(str::to_string);
        match length {
            Some(length) => {
                let length = length.parse().expect("a length");
                reply.body = vec![0; length];
                self.stream.read_exact(&mut reply.body).expect("a body");
            }
            None if reply.header("transfer-encoding").is_some() => {
                reply.body = self.chunks();
            }
            None => {}
        }
        reply
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut chunked = Vec::new();
        loop {
            let mut size = String::new();
            self.stream.read_line(&mut size).expect("a size");
            let count = usize::from_str_radix(size.trim(), 16).expect("a size");
            let mut chunk = vec![0; count + 2];
            self.stream.read_exact(&mut chunk).expect("a chunk");
            chunked.extend_from_slice(size.as_bytes());
            chunked.extend_from_slice(&chunk);
            if count == 0 {
                return joined(&chunked);
            }
        }
    }
}
