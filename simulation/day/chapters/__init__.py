"""What happens on the day, one module a chapter; `simulation.day.script` gives their order."""
