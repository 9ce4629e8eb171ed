## Help

help-title = What you can ask as { $role }
help-topics = More on a topic: "help deals". Topics: { $topics }.
