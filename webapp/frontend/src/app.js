// Every page: styles and htmx. What only some pages need is an entry of its own.
import "bootstrap/dist/css/bootstrap.css";
import "./tokens.css";
import "./app.css";
import "./gate.css";
import "htmx.org";
