"""Trying things before they matter: policies on the past, targets from history, forecasts on what came."""
