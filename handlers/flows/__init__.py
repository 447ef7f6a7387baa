"""The flows: pure steps from (view, state, event) to an outcome. No flow knows a channel, SQL or the time of day."""
