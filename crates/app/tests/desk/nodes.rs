//! Processes that work on the jobs of a desk, to be killed, held up and stopped.

use super::Desk;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

/// The two nodes that are up.
pub struct Nodes<'a> {
    desk: &'a Desk,
    up: Vec<(String, Child)>,
    begun: u32,
}

impl<'a> Nodes<'a> {
    /// Begins two.
    pub fn new(desk: &'a Desk) -> Nodes<'a> {
        let mut nodes = Nodes {
            desk,
            up: Vec::new(),
            begun: 0,
        };
        nodes.begin();
        nodes.begin();
        nodes
    }

    /// Begins one more.
    pub fn begin(&mut self) {
        self.begun += 1;
        let name = format!("node-{}", self.begun);
        let node = self.desk.start(&["work", "--lease", "1", "--name", &name]);
        self.up.push((name, node));
    }

    /// Kills a node and begins another in its place.
    pub fn kill(&mut self, name: &str) {
        let place = self.up.iter().position(|(own, _)| own == name);
        let (_, mut node) = self.up.remove(place.expect("a node that is up"));
        assert!(node.try_wait().expect("a state").is_none(), "{name} ended");
        node.kill().expect("killed");
        node.wait().expect("ended");
        self.begin();
    }

    /// Sends a signal to all of them: `-STOP`, `-CONT`, `-TERM`.
    pub fn signal(&self, signal: &str) {
        for (name, node) in &self.up {
            let pid = node.id().to_string();
            let told = Command::new("kill").args([signal, &pid]).status();
            assert!(told.expect("kill starts").success(), "{name}");
        }
    }

    /// Stops the nodes in order.
    pub fn stop(&mut self) {
        for (name, node) in &mut self.up {
            // A node that is still starting has not learnt to stop in order.
            let said = BufReader::new(node.stderr.take().expect("a pipe"))
                .lines()
                .next();
            let said = said.expect("a line").expect("UTF-8");
            assert!(said.contains(name.as_str()), "{said}");
        }
        for (name, node) in &self.up {
            let pid = node.id().to_string();
            let told = Command::new("kill").args(["-TERM", &pid]).status();
            assert!(told.expect("kill starts").success(), "{name}");
        }
        for (name, mut node) in self.up.drain(..) {
            let ended = node.wait().expect("ended");
            assert!(ended.success(), "{name} did not stop in order: {ended}");
        }
    }
}

impl Drop for Nodes<'_> {
    fn drop(&mut self) {
        for (_, node) in &mut self.up {
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}
