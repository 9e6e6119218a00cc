"""`bianmin up`: the embedded database, the web server and the workers as one command."""
