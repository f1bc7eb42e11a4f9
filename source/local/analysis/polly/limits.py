"""What Polly takes: "Quotas in Amazon Polly" of its developer guide.

Half of what a text may have in all can be marks of SSML, which is not billed, and not done here:
of plain text every character is billed.
"""

# billed characters of a text that is spoken at once, and of a task's
LONGEST_AT_ONCE = 3_000
LONGEST_TASK = 100_000
# seconds that a task is known
TASK_LASTS = 72 * 3_600
