"""A center behind a Postfix of its own: mail goes in by SMTP, and what Kairan sends lies in people's mailboxes."""


class Town:
    """A center, its Postfix and the mailboxes of its people."""

    def __init__(self, center, postfix):
        self.center, self.postfix = center, postfix
        self.sent = 0
        self.read = {}

    def use(self, transport):
        self.center.set_key("transport", transport)

    def send(self, *mails):
        for mail in mails:
            self.postfix.send(mail)
            self.sent += 1
        return self.settle()

    def settle(self):
        """Lets mail flow until nothing moves any more; what Kairan said meanwhile."""
        said = ""
        for _ in range(10):
            self.postfix.wait_until_empty()
            waits = self.center.spooled() or self.center.json("status")["outbox"]["due"]
            if not waits and said:
                break
            said += self.center.run("process").stderr.decode() + " "
        return said

    def new(self, who):
        """What came into somebody's mailbox since the last look."""
        letters = self.postfix.mailbox(who.address.split("@")[0])
        known = self.read.setdefault(who.address, set())
        fresh = [letter.message for letter in letters if letter.path not in known]
        known.update(letter.path for letter in letters)
        return fresh
