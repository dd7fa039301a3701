//! socklab
