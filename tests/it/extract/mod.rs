//! How well codes and links are found, on labelled mails that are read as the server reads them.

mod corpus;
mod figures;
mod measure;
mod misses;
mod table;
