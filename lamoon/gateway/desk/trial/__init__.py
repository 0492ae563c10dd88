"""The sandbox: somebody of the team writes as a visitor and sees why the assistant answers so. Nothing of it counts."""
