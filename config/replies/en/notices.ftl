## What people are told without asking

error-never-fires = That time never comes. When shall I post it?
