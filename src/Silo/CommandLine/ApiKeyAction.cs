namespace OrleansBroker.Silo.CommandLine;

internal enum ApiKeyAction
{
    Add,
    Remove,
    List,
}
