"""What happens without a person: intake worker, retries, housekeeping."""
