namespace OrleansBroker.Api.Tests.Contract;

/// <summary>A request made from the document.</summary>
/// <param name="Header">One that the operation reads; null when it is not sent.</param>
/// <param name="Fault">What is wrong with it; null when the document allows it.</param>
internal sealed record GeneratedRequest(Operation Operation, string Target, string? Body, string MediaType, (string Name, string Value)? Header, string? Fault)
{
    public override string ToString() => $"{Operation.Method} {Target} {Header} {Body} ({Fault ?? "valid"})";
}
