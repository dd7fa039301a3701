//! Evidence made by hand, and how it is drawn.

mod drawn;
mod hostile;
mod model;
mod pictures;
mod scenes;
