namespace OrleansBroker.Broker.Options;

/// <summary>What is traced, where anything is; the program's options for it are <c>Broker:Telemetry:*</c>.</summary>
/// <param name="ConnectsPerTrace">One CONNECT in so many; 0 none.</param>
/// <param name="PublishesPerTrace">One PUBLISH in so many; 0 none.</param>
/// <param name="ShowsNames">Client ids and topics stand in traces as they are; otherwise as hashes.</param>
public sealed record TraceSampling(int ConnectsPerTrace, int PublishesPerTrace, bool ShowsNames);
