// Styles of the pages of drafts; the rest of them needs no script of its own.
import "./drafts.css";
import "./designer/editor.css";
