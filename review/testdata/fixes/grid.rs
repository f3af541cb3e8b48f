//! A grid of cells.

use std::collections::HashMap;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Wall { height: u32 },
    Door(char),
}

pub struct Grid<'a> {
    width: usize,
    cells: Vec<Cell>,
    names: HashMap<&'a str, usize>,
}

impl<'a> Grid<'a> {
    pub fn new(width: usize, height: usize) -> Self {
        Grid {
            width,
            cells: vec![Cell::Empty; width * height],
            names: HashMap::new(),
        }
    }

    pub fn at(&self, x: usize, y: usize) -> Option<&Cell> {
        if x >= self.width {
            return None;
        }
        self.cells.get(y * self.width + x)
    }

    pub fn name(&mut self, name: &'a str, index: usize) -> Result<(), String> {
        if index >= self.cells.len() {
            return Err(format!("no cell {index} for {name:?}"));
        }
        self.names.insert(name, index);
        Ok(())
    }

    pub fn walls(&self) -> impl Iterator<Item = u32> + '_ {
        self.cells.iter().filter_map(|cell| match cell {
            Cell::Wall { height } if *height > 0 => Some(*height),
            _ => None,
        })
    }
}

impl fmt::Display for Grid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in self.cells.chunks(self.width) {
            for cell in row {
                let sign = match cell {
                    Cell::Empty => ' ',
                    Cell::Wall { .. } => '#',
                    Cell::Door(c) => *c,
                };
                write!(f, "{sign}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
