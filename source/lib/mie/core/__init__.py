"""Rules of the engine as pure functions: no AWS, no environment, no clock, no random ids."""
