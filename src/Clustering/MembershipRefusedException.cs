namespace OrleansBroker.Clustering;

/// <summary>A membership table cannot be used as it is, and repeating changes nothing: the message says what to do.</summary>
public sealed class MembershipRefusedException(string message) : Exception(message);
