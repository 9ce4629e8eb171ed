## Help

help-title = What you can ask as { $role }
help-topics = More on a topic: "help deals". Topics: { $topics }.
help-about = On "{ $topic }" you can ask
help-about-nothing = I have nothing on "{ $topic }" that you may use.
noun-result = last list
noun-data = import and export
