"""Changes of parameters (参数改动): proposed, reviewed by a second person, in force on a day."""
