"""Work for the network that no pole asked for: animation, meetings, partnerships. Counted apart from support."""
