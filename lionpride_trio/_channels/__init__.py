"""Sources and channels: stages and bodies run on trio."""
