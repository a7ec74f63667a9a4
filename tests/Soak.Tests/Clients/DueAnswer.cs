using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>An acknowledgement that waits; <see cref="Window.Never"/>: until the end of the connection or of the round.</summary>
internal readonly record struct DueAnswer(ReceiverFlow Flow, long Due);
