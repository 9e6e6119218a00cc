// Every page: styles, htmx and the small modules that make the daily path quick. Each module
// looks for its data attributes and does nothing on pages without them.
import "bootstrap/dist/css/bootstrap.css";
import "./tokens.css";
import "./app.css";
import "./gate.css";
import "./forms.css";
import "./case.css";
import "./paper.css";
import "./duty.css";
import "htmx.org";
import "./rows.js";
import "./uploads.js"; // before what counts chosen files and sent forms
import "./states.js";
import "./autosave.js";
import "./keys.js";
import "./filter.js";
import "./print.js";
import "./refresh.js";

document.documentElement.classList.add("js");
