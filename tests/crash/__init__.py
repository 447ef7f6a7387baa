"""The product killed, starved of disk and started again: nothing lost, nothing doubled, no false receipt."""
