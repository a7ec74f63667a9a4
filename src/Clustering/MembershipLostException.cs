namespace OrleansBroker.Clustering;

/// <summary>What stood in a membership table is gone; the message says what to do.</summary>
public sealed class MembershipLostException(string message) : Exception(message);
