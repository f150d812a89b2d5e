"""Train the embedded reader, `hei_nw_tasks.reader`, on the project's own generators."""
