"""What several poles need alike: a cell proposes them one session, or asks a partner to publish one."""
