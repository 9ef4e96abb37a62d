//! Where the operating system keeps the settings and the data of a program.

use std::path::PathBuf;

fn project() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "launch-ready")
}

/// The configuration file that is looked for.
pub(super) fn usual_config() -> Option<PathBuf> {
    project().map(|dirs| dirs.config_dir().join("config.toml"))
}

/// Where sessions are kept when nobody says.
pub(super) fn usual_data_dir() -> PathBuf {
    project().map_or_else(
        || PathBuf::from(".launch-ready"),
        |dirs| dirs.data_dir().join("sessions"),
    )
}
